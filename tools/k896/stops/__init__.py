"""The stops of `make tour`, a table for each kernel."""

from . import i386, i386_pae, x86_64
from .stop import Stop, Tour

TOURS = {tour.kernel.name: tour for tour in (i386.TOUR, i386_pae.TOUR, x86_64.TOUR)}

__all__ = ["TOURS", "Stop", "Tour"]
