using ChatModels.AppHost.Redis;
using Xunit;

namespace ChatModels.AppHost.Tests.Redis;

public sealed class RedisServerTests
{
    [Fact]
    public void Find_OfGarnet_AsksForAppendOnlyPersistenceWithoutLibaio()
    {
        var server = RedisServer.Find(RedisKind.Garnet);

        Assert.Equal("garnet", server?.DataFolder);
        Assert.Equal(
            "tool exec garnet-server@2.2.8 --yes -- --port 7001 --bind 127.0.0.1 --aof --device-type RandomAccess --recover --checkpointdir /data",
            string.Join(' ', server!.Arguments("7001", "/data")));
    }

    [Fact]
    public void Find_OfLocal_AsksForAppendOnlyPersistenceEverySecond()
    {
        Assert.SkipWhen(RedisServer.Find(RedisKind.Local) is null && !Requirement.All, RedisServer.NoneOnPath);

        var arguments = RedisServer.Find(RedisKind.Local)!.Arguments("7001", "/data").Cast<string>().ToList();

        Assert.Equal("127.0.0.1", arguments[arguments.IndexOf("--bind") + 1]);
        Assert.Equal("yes", arguments[arguments.IndexOf("--appendonly") + 1]);
        Assert.Equal("everysec", arguments[arguments.IndexOf("--appendfsync") + 1]);
        Assert.Equal("/data", arguments[arguments.IndexOf("--dir") + 1]);
    }

    [Fact]
    public void Find_OfAuto_PrefersALocalServerAndFallsBackToGarnet() =>
        Assert.Equal(RedisServer.Find(RedisKind.Local) is null ? "garnet" : "redis-server", RedisServer.Find(RedisKind.Auto)?.DataFolder);
}
