package io.touchstone.playground.traffic;

import java.util.List;

/**
 * An industrial cluster (产业带).
 *
 * @param id as in events
 * @param chineseName for people
 * @param factories how many it has in this market
 * @param categories what they make, one each
 */
public record Belt(String id, String chineseName, int factories, List<Category> categories) {
    /** All there are. */
    public static final List<Belt> ALL = List.of(
            new Belt(
                    "yiwu",
                    "义乌",
                    12,
                    List.of(
                            new Category(
                                    "jewellery",
                                    120,
                                    List.of(
                                            new Product("hair-clip", 0.6, 2.5),
                                            new Product("bracelet", 1.5, 8),
                                            new Product("earrings", 1.2, 6),
                                            new Product("scrunchie", 0.5, 1.8),
                                            new Product("brooch", 1.0, 5))),
                            new Category(
                                    "stationery",
                                    235,
                                    List.of(
                                            new Product("gel-pen", 0.4, 1.2),
                                            new Product("notebook", 1.8, 6),
                                            new Product("sticker-pack", 0.5, 2),
                                            new Product("pencil-case", 2.5, 9),
                                            new Product("washi-tape", 0.8, 2.2))))),
            new Belt(
                    "zhuji",
                    "诸暨",
                    8,
                    List.of(new Category(
                            "socks",
                            315,
                            List.of(
                                    new Product("ankle-socks", 1.2, 3),
                                    new Product("crew-socks", 1.8, 4.5),
                                    new Product("sports-socks", 2.5, 7),
                                    new Product("wool-socks", 4, 12),
                                    new Product("kids-socks", 1.0, 2.8))))),
            new Belt(
                    "caoxian",
                    "曹县",
                    6,
                    List.of(
                            new Category(
                                    "hanfu",
                                    80,
                                    List.of(
                                            new Product("horse-face-skirt", 45, 160),
                                            new Product("hanfu-top", 35, 110),
                                            new Product("hanfu-cape", 40, 130),
                                            new Product("kids-hanfu", 30, 90))),
                            new Category(
                                    "woodcraft",
                                    330,
                                    List.of(
                                            new Product("wooden-tray", 8, 25),
                                            new Product("gift-box", 3, 12),
                                            new Product("picture-frame", 4, 15),
                                            new Product("toy-chest", 30, 80))))),
            new Belt(
                    "yongkang",
                    "永康",
                    8,
                    List.of(
                            new Category(
                                    "drinkware",
                                    290,
                                    List.of(
                                            new Product("steel-thermos", 14, 40),
                                            new Product("travel-mug", 12, 35),
                                            new Product("sports-bottle", 8, 22),
                                            new Product("lunch-box", 15, 45))),
                            new Category(
                                    "hardware",
                                    100,
                                    List.of(
                                            new Product("door-handle", 9, 35),
                                            new Product("screwdriver-set", 12, 40),
                                            new Product("hinge", 1.5, 5),
                                            new Product("tape-measure", 4, 12))))),
            new Belt(
                    "jinjiang",
                    "晋江",
                    8,
                    List.of(new Category(
                            "shoes",
                            270,
                            List.of(
                                    new Product("running-shoes", 45, 120),
                                    new Product("canvas-shoes", 22, 60),
                                    new Product("slippers", 6, 18),
                                    new Product("kids-sneakers", 30, 75),
                                    new Product("sandals", 12, 38))))),
            new Belt(
                    "chenghai",
                    "澄海",
                    6,
                    List.of(new Category(
                            "toys",
                            140,
                            List.of(
                                    new Product("building-blocks", 10, 60),
                                    new Product("rc-car", 25, 90),
                                    new Product("puzzle", 5, 20),
                                    new Product("bubble-gun", 4, 15),
                                    new Product("doll-house", 20, 75))))));

    /**
     * What a factory makes.
     *
     * @param peakDay the day of the year on which it sells best
     */
    public record Category(String id, int peakDay, List<Product> products) {}

    /** A kind of goods and the range of its prices, in yuan. */
    public record Product(String name, double cheapest, double dearest) {}
}
