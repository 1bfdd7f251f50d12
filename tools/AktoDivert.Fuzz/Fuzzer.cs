namespace AktoDivert.Fuzz;

/// <summary>Mutates seeds of a target with a seeded generator, so that a failure is repeated by its seed and iteration.</summary>
public static class Fuzzer
{
    /// <summary>Runs <paramref name="iterations"/> executions.</summary>
    /// <exception cref="FuzzFailureException">An execution failed; the message holds target, seed, iteration and the input in hex.</exception>
    public static void Run(IFuzzTarget target, int seed, int iterations)
    {
        for (var i = 0; i < iterations; i++)
        {
            var input = Mutate(target.Seeds, new Random(unchecked((seed * 1_000_003) + i)));
            try
            {
                target.Execute(input);
            }
            catch (Exception e)
            {
                throw new FuzzFailureException($"{target.Name} seed {seed} iteration {i} input {Convert.ToHexString(input)}: {e.Message}", e);
            }
        }
    }

    private static byte[] Mutate(IReadOnlyList<byte[]> seeds, Random random)
    {
        var bytes = new List<byte>(seeds[random.Next(seeds.Count)]);
        for (var n = random.Next(1, 8); n > 0; n--)
        {
            switch (random.Next(6))
            {
                case 0 when bytes.Count > 0:
                    bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
                    break;
                case 1 when bytes.Count > 0:
                    bytes[random.Next(bytes.Count)] ^= (byte)(1 << random.Next(8));
                    break;
                case 2 when bytes.Count > 0:
                    var from = random.Next(bytes.Count);
                    bytes.RemoveRange(from, random.Next(bytes.Count - from));
                    break;
                case 3:
                    bytes.Insert(random.Next(bytes.Count + 1), (byte)random.Next(256));
                    break;
                case 4:
                    var other = seeds[random.Next(seeds.Count)];
                    var start = random.Next(other.Length + 1);
                    bytes.InsertRange(random.Next(bytes.Count + 1), other[start..random.Next(start, other.Length + 1)]);
                    break;
                case 5 when bytes.Count > 1:
                    var edge = random.Next(bytes.Count);
                    bytes[edge] = random.Next(2) == 0 ? (byte)0xff : (byte)0;
                    break;
            }
        }

        return [.. bytes];
    }
}
