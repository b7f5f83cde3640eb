/** A cluster as a test treats it: started in its own folder, under load, watched, hurt, and judged in the end. */
package io.touchstone.chaos.site;
