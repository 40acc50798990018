"""The website of the example company, served beside Polku, so that one can be its visitor."""
