"""The services of Parliament and of postcodes, over HTTP. Nothing outside this folder opens a connection to them."""
