"""HTTP around the views: error pages, security headers, request bodies, page cache, static files."""
