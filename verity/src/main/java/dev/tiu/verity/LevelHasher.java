package dev.tiu.verity;

import static dev.tiu.verity.VerityParameters.BLOCK_SIZE;
import static dev.tiu.verity.VerityParameters.DIGEST_SIZE;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Digests the blocks of one level after another with several threads.
 *
 * <p>Each thread takes the next piece of the level, reads it in one go and digests its blocks into
 * their places above, so no thread waits for another before the level ends.
 */
final class LevelHasher implements AutoCloseable {
  /** Large enough that a read's overhead vanishes, small enough to stay in a core's cache. */
  private static final int PIECE_BLOCKS = 256;

  private final byte[] salt;
  private final int threads;
  private final ExecutorService executor;

  LevelHasher(byte[] salt, int threads) {
    this.salt = salt;
    this.threads = threads;
    executor =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "tiu-hash-tree");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Puts the digests of {@code blocks} blocks of {@code source} one after the other. */
  void hash(BlockReader source, long blocks, byte[] digests) throws IOException {
    AtomicLong next = new AtomicLong();
    Callable<Boolean> worker =
        () -> {
          boolean done = false;
          try {
            hashPieces(source, blocks, digests, next);
            done = true;
          } finally {
            if (!done) {
              next.set(blocks); // the others stop after the piece they are at
            }
          }
          return done;
        };
    long pieces = (blocks + PIECE_BLOCKS - 1) / PIECE_BLOCKS;
    List<Future<Boolean>> running = new ArrayList<>();
    for (int i = 0; i < Math.min(threads, pieces); i++) {
      running.add(executor.submit(worker));
    }
    awaitAll(running, () -> next.set(blocks));
  }

  private void hashPieces(BlockReader source, long blocks, byte[] digests, AtomicLong next)
      throws IOException {
    BlockHasher hasher = new BlockHasher(salt);
    int room = (int) Math.min(PIECE_BLOCKS, blocks);
    ByteBuffer piece = ByteBuffer.allocateDirect(room * BLOCK_SIZE);
    for (long first = next.getAndAdd(PIECE_BLOCKS);
        first < blocks;
        first = next.getAndAdd(PIECE_BLOCKS)) {
      int count = (int) Math.min(PIECE_BLOCKS, blocks - first);
      source.read(first * BLOCK_SIZE, piece.clear().limit(count * BLOCK_SIZE));
      for (int i = 0; i < count; i++) {
        hasher.digest(piece, i * BLOCK_SIZE, digests, (int) (first + i) * DIGEST_SIZE);
      }
    }
  }

  /** Waits until no thread reads any more, failed or not: then the source may be closed. */
  private static void awaitAll(List<Future<Boolean>> running, Runnable stop) throws IOException {
    Optional<ExecutionException> failure = Optional.empty();
    boolean interrupted = false;
    for (Future<Boolean> future : running) {
      for (boolean ended = false; !ended; ) {
        try {
          ended = future.get();
        } catch (InterruptedException e) {
          interrupted = true;
          stop.run();
        } catch (ExecutionException e) {
          ended = true;
          failure = failure.or(() -> Optional.of(e));
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while building the hash tree");
    }
    if (failure.isPresent()) {
      if (failure.get().getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException("building the hash tree failed", failure.get());
    }
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
