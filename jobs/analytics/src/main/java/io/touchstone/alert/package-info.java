/** What every alert shares, whichever job raises it: plain Java. */
package io.touchstone.alert;
