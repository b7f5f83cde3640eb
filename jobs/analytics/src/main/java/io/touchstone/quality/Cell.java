package io.touchstone.quality;

import io.touchstone.market.Segment;

/** What a cohort day of a factory is divided into. */
record Cell(Segment segment, String categoryId) {}
