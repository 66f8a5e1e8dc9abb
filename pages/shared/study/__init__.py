"""What the pages that study the open galaxy share: evidence, what-if lab, inside the network.

They show the galaxy that is open in the classifier, so ``pages.shared.state`` holds it. Here
is what they have besides: ``links`` (pure), ``state`` (their part of the session), ``caches``
(what is slow to work out), ``lab`` (a picture and its recipe, pure), ``report``.
"""
