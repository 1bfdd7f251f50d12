using AktoDivert.Redirect.Linux.Interop;

namespace AktoDivert.Redirect.Linux;

/// <summary>The root of the cgroup2 hierarchy, open for attaching.</summary>
/// <param name="Directory">The open directory.</param>
/// <param name="Place">Where it is, for people.</param>
internal sealed record CgroupRoot(DescriptorHandle Directory, string Place) : IDisposable
{
    private const string Mounts = "/proc/self/mounts";

    /// <summary>
    /// Opens it where it is mounted (unified or hybrid layout), else mounts it privately. Throws <see cref="BpfException"/>.
    /// </summary>
    internal static CgroupRoot Open()
    {
        var path = FindMount(File.ReadLines(Mounts));
        return path is not null && System.IO.Directory.Exists(path)
            ? new CgroupRoot(CgroupMount.Open(path), path)
            : new CgroupRoot(CgroupMount.MountPrivately(), "a private mount of cgroup2");
    }

    /// <summary>
    /// The path of the first cgroup2 mount in the lines of /proc/self/mounts, or null. Spaces there are written <c>\040</c> (proc(5)).
    /// </summary>
    internal static string? FindMount(IEnumerable<string> mounts) =>
        mounts.Select(line => line.Split(' ')).FirstOrDefault(
            fields => fields.Length > 2 && fields[2] == "cgroup2")?[1].Replace("\\040", " ", StringComparison.Ordinal);

    public void Dispose() => Directory.Dispose();
}
