"""The parts of a galaxy's page: choosing it, its picture, the answer, its feature maps."""
