"""Every error this package raises on purpose.

Pages and the command line catch ``GalaxyError`` in one place; a library's own
exception never leaves the module that calls the library.

::

    GalaxyError
    ├── SettingsError            an environment variable makes no sense
    ├── IntakeError              bytes could not become a cutout
    │   ├── NotAnImage           the content is no image format read here
    │   ├── UnsupportedImage     an image, but of a kind that is not read (animated, …)
    │   ├── DamagedImage         an image that breaks off or contradicts itself
    │   └── TooLarge             over a limit on bytes or pixels; nothing was decoded
    ├── ArchiveError             a survey could not give a cutout
    │   ├── NotInFootprint       the survey never looked there
    │   ├── NameNotResolved      no such name, or no readable position
    │   ├── ArchiveUnavailable   no answer, or a refusal
    │   ├── ArchiveBusy          asked to come back later
    │   └── DamagedResponse      an answer that is not the cutout that was asked for
    ├── FramingError             a framing that cannot be cut out
    ├── ModelError               a network cannot be used
    │   ├── ModelNotFound        no such entry in the store
    │   └── ModelRefused         a file that is unsafe or of the wrong shape
    ├── ExplanationError         an explanation cannot be taken from this network
    ├── TrainingError            training cannot start or go on
    │   └── DatasetError         a labelled folder that cannot be read
    ├── ReviewError              a validation session cannot do what was asked
    ├── SimulationError          parameters that describe no galaxy
    ├── RecipeError              what-if changes that cannot be read or carried out
    └── SampleNotFound           no sample of that key
"""


class GalaxyError(Exception):
    """Root of every error raised on purpose; its text is one clear sentence for the user."""


class SettingsError(GalaxyError):
    """An environment variable makes no sense."""


class IntakeError(GalaxyError):
    """Bytes could not become a cutout."""


class NotAnImage(IntakeError):
    """The content is no image format that is read here."""


class UnsupportedImage(IntakeError):
    """An image, but of a kind that is not read here."""


class DamagedImage(IntakeError):
    """An image that breaks off or contradicts itself."""


class TooLarge(IntakeError):
    """Over a limit on bytes or pixels; nothing was decoded."""


class ArchiveError(GalaxyError):
    """A survey could not give a cutout."""


class NotInFootprint(ArchiveError):
    """The survey never looked there."""


class NameNotResolved(ArchiveError):
    """No such name, or no readable position."""


class ArchiveUnavailable(ArchiveError):
    """No answer, or a refusal."""


class ArchiveBusy(ArchiveError):
    """The archive asked to come back later."""


class DamagedResponse(ArchiveError):
    """An answer that is not the cutout that was asked for."""


class FramingError(GalaxyError):
    """A framing that cannot be cut out."""


class ModelError(GalaxyError):
    """A network cannot be used."""


class ModelNotFound(ModelError):
    """No such entry in the store."""


class ModelRefused(ModelError):
    """A model file that is unsafe or of the wrong shape."""


class ExplanationError(GalaxyError):
    """An explanation cannot be taken from this network."""


class TrainingError(GalaxyError):
    """Training cannot start or go on."""


class DatasetError(TrainingError):
    """A labelled folder that cannot be read."""


class ReviewError(GalaxyError):
    """A validation session cannot do what was asked."""


class SimulationError(GalaxyError):
    """Parameters that describe no galaxy."""


class RecipeError(GalaxyError):
    """What-if changes that cannot be read or carried out."""


class SampleNotFound(GalaxyError):
    """No sample of that key."""
