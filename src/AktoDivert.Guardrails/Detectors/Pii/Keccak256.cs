using System.Buffers.Binary;
using System.Numerics;

namespace AktoDivert.Guardrails.Detectors.Pii;

/// <summary>
/// Keccak-256 as Ethereum uses it: the sponge of FIPS 202 with the padding of the competition (0x01), which the platform's SHA-3 is not.
/// </summary>
internal static class Keccak256
{
    /// <summary>Bytes of a hash.</summary>
    public const int Length = 32;

    private const int Rate = 136;

    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    // Rotations of rho, in the order in which pi visits the lanes.
    private static ReadOnlySpan<byte> Rotations => [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];

    private static ReadOnlySpan<byte> Lanes => [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

    /// <summary>Hashes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="hash">Gets <see cref="Length"/> bytes.</param>
    public static void Hash(ReadOnlySpan<byte> message, Span<byte> hash)
    {
        Span<ulong> state = stackalloc ulong[25];
        Span<byte> block = stackalloc byte[Rate];
        state.Clear();
        for (; message.Length >= Rate; message = message[Rate..])
        {
            Absorb(state, message[..Rate]);
        }

        block.Clear();
        message.CopyTo(block);
        block[message.Length] ^= 0x01;
        block[^1] ^= 0x80;
        Absorb(state, block);
        for (var i = 0; i < Length / 8; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(hash[(i * 8)..], state[i]);
        }
    }

    private static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < Rate / 8; i++)
        {
            state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(i * 8)..]);
        }

        Span<ulong> parity = stackalloc ulong[5];
        Span<ulong> row = stackalloc ulong[5];
        foreach (var constant in RoundConstants)
        {
            // theta
            for (var x = 0; x < 5; x++)
            {
                parity[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
            }

            for (var i = 0; i < 25; i++)
            {
                state[i] ^= parity[((i % 5) + 4) % 5] ^ BitOperations.RotateLeft(parity[((i % 5) + 1) % 5], 1);
            }

            // rho and pi
            var lane = state[1];
            for (var i = 0; i < 24; i++)
            {
                (state[Lanes[i]], lane) = (BitOperations.RotateLeft(lane, Rotations[i]), state[Lanes[i]]);
            }

            // chi
            for (var y = 0; y < 25; y += 5)
            {
                state.Slice(y, 5).CopyTo(row);
                for (var x = 0; x < 5; x++)
                {
                    state[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
                }
            }

            // iota
            state[0] ^= constant;
        }
    }
}
