/** How values are packed into bytes for state and the wire between operators: plain Java, small, versioned by their owners. */
package io.touchstone.state;
