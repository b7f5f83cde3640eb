package io.touchstone.desk.forward;

/** Which belt a factory belongs to. */
interface Belts {
    /** Null if it has none, or nobody knows: then its alerts go alone. */
    String of(String factoryId);
}
