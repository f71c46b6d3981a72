"""The register of the written documents and their glossary (X-02, X-16, X-18)."""
