"""The nouns of ggedit: immutable values that move between stages.

Conventions, stated once and never varied
-----------------------------------------
* picture: ``uint8 (H, W, 3)`` RGB, orientation already applied
* box: ``float32`` **xyxy in picture pixels**, origin top left, right and bottom exclusive
* size: ``Extent(width, height)``, never a bare tuple
* hard mask: ``bool (H, W)``, ``True`` = may change; soft mask: ``float32 (H, W)`` in [0, 1]
* scores lie in [0, 1]; strength in [0, 1], 1 = ignore the old pixels
* durations end in ``_s``, memory in ``_mib``, pixels in ``_px``; seeds are ``uint32``

Everything here is frozen, arrays are read-only, and nothing does I/O, logs, reads the
environment, asks the clock or draws random numbers.
"""
