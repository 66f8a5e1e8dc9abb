"""A stranger's ``.keras`` file -> an entry in the model store, or one sentence why not.

``keras_file`` reads the file's structure without Keras, ``trial`` loads and runs the network in
a process of its own with limits, ``adopt`` does both and writes the entry. Importing this
package imports no TensorFlow.
"""
