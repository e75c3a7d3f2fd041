"""Settings of the site."""

SECRET_KEY = "for an example"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "site1.urls"
WSGI_APPLICATION = "site1.wsgi.application"
USE_TZ = True
