"""What answers a request or an event: one class per function, put together from web, cloud and vision."""
