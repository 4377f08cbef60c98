"""A local AWS for demos and tests: moto in one process, made as strict as AWS is.

``middleware`` lists every departure from moto; each lives in the file named for its service.
"""
