using AktoDivert.Redirect.Linux;

namespace AktoDivert.Tests.Redirect;

[TestClass]
public sealed class SystemFilesTests
{
    [TestMethod]
    public void The_cgroup2_mount_is_found_in_unified_and_hybrid_layouts_and_with_spaces()
    {
        Assert.AreEqual("/sys/fs/cgroup", CgroupRoot.FindMount(["proc /proc proc rw 0 0", "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0"]));
        Assert.AreEqual("/sys/fs/cgroup/unified", CgroupRoot.FindMount(["cgroup /sys/fs/cgroup/cpu cgroup rw 0 0", "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0"]));
        Assert.AreEqual("/mnt/a b", CgroupRoot.FindMount([@"none /mnt/a\040b cgroup2 rw 0 0"]));
        Assert.IsNull(CgroupRoot.FindMount(["", "cgroup /x cgroup rw 0 0"]));
    }

    [TestMethod]
    public void Missing_capabilities_are_named()
    {
        Assert.AreEqual("", KernelRequirements.MissingCapabilities("Name:\tx\nCapEff:\t000001ffffffffff\n"));
        Assert.AreEqual("CAP_BPF", KernelRequirements.MissingCapabilities("CapEff:\t0000017fffffffff"));
        Assert.AreEqual("CAP_NET_ADMIN, CAP_SYS_PTRACE, CAP_PERFMON, CAP_BPF", KernelRequirements.MissingCapabilities("CapEff:\t0"));
    }

    [TestMethod]
    public void User_names_come_from_the_password_file_and_bad_lines_are_passed_over()
    {
        var names = UserNames.Parse(["root:x:0:0:root:/root:/bin/sh", "toor:x:0:0::/:", "", "bad", "nobody:x:65534:", "x:y:-1:"]);
        Assert.AreEqual("root", names[0]);
        Assert.AreEqual("nobody", names[65534]);
        Assert.HasCount(2, names);
    }
}
