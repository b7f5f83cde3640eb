package io.touchstone.price;

import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.PolicyTimeline;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Ledgers as the bytes that state holds, and back. */
final class Packings {
    private Packings() {}

    static byte[] pack(PriceLedger ledger) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ledger.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static PriceLedger unpack(byte[] packed, String subject, PolicyTimeline policies, LocalCalendar calendar) {
        try {
            return PriceLedger.read(new DataInputStream(new ByteArrayInputStream(packed)), subject, policies, calendar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
