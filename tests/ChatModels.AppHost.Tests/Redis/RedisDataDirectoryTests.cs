using ChatModels.AppHost.Redis;
using Xunit;

namespace ChatModels.AppHost.Tests.Redis;

public sealed class RedisDataDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _parent = new();

    public void Dispose() => _parent.Dispose();

    [Fact]
    public void TryTake_WhileAnotherHasIt_GivesNull()
    {
        using (RedisDataDirectory.TryTake(_parent.Path, "redis-server", fresh: false))
        {
            Assert.Null(RedisDataDirectory.TryTake(_parent.Path, "redis-server", fresh: true));
        }

        using var again = RedisDataDirectory.TryTake(_parent.Path, "redis-server", fresh: false);
        Assert.NotNull(again);
    }

    [Fact]
    public void TryTake_Fresh_EmptiesOnlyItsOwnFolder()
    {
        var ours = WriteFile("redis-server/appendonlydir/file.aof");
        var others = WriteFile("letters/love.txt");

        using var data = RedisDataDirectory.TryTake(_parent.Path, "redis-server", fresh: true);

        Assert.Equal((false, true, true), (File.Exists(ours), File.Exists(others), Directory.Exists(data?.Path)));
    }

    [Fact]
    public void TryTake_NotFresh_KeepsTheData()
    {
        var file = WriteFile("garnet/AOF/log");

        using var data = RedisDataDirectory.TryTake(_parent.Path, "garnet", fresh: false);

        Assert.True(File.Exists(file));
    }

    private string WriteFile(string relative)
    {
        var path = Path.Combine(_parent.Path, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "x");
        return path;
    }
}
