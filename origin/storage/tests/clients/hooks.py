"""What schemathesis has to know of the tus protocol's chunks: they are bytes."""

import schemathesis

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
