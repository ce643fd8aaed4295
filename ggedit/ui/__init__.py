"""The page: panels in the browser, handlers on the server, plain views between them."""
