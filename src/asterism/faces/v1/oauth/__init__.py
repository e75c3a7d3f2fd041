"""`/v1/oauth`: device sign-in as RFC 8628 spells it, revocation (RFC 7009) and introspection (RFC 7662)."""

from asterism.faces.v1.oauth import device, root

MODULES = (device, root)
