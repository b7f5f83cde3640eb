package io.touchstone.playground.cluster;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which cluster is meant. */
final class FolderOption {
    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "the cluster's folder (default: .touchstone in the checkout)")
    private Path folder;

    ClusterFolder folder() {
        return new ClusterFolder(folder == null ? ClusterFolder.home().resolve(".touchstone") : folder);
    }
}
