from tests.workspace.sample.procedure import Visit

__all__ = ["Visit"]
