"""The embedded tier: classical methods and small networks on the CPU, nothing to download."""
