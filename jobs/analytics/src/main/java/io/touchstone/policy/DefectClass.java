package io.touchstone.policy;

/**
 * A way in which an order can turn out badly. The order of the constants is the order of the classes in every sum and table, and
 * of causes: where several qualify, the first is taken.
 */
public enum DefectClass {
    QUALITY,
    NEGATIVE_REVIEW,
    FULFILMENT,
    AFTER_SALES
}
