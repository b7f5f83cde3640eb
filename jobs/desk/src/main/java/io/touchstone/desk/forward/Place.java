package io.touchstone.desk.forward;

/** Where a message lies. */
record Place(String topic, int partition, long offset) {
    @Override
    public String toString() {
        return topic + "-" + partition + "/" + offset;
    }
}
