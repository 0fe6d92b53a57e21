using ChatModels.AppHost.Programs;

namespace ChatModels.AppHost.Redis;

/// <summary>The data directory of the Redis that is started here. Held while it runs: two servers on one append-only file would ruin it.</summary>
internal sealed class RedisDataDirectory : IDisposable
{
    private readonly IDisposable _lock;

    private RedisDataDirectory(string path, IDisposable held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>Takes the directory, or returns null while another AppHost has it.</summary>
    /// <param name="parent">The directory that holds one directory for each kind of server.</param>
    /// <param name="folder">The kind of server. Only this is ever emptied, so that --fresh with a careless --data destroys nothing.</param>
    /// <param name="fresh">Whether what is in it goes.</param>
    public static RedisDataDirectory? TryTake(string parent, string folder, bool fresh)
    {
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(parent, folder));
        Directory.CreateDirectory(parent);
        if (FileLock.TryTake(path + ".lock") is not { } held)
        {
            return null;
        }

        if (fresh && Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        Directory.CreateDirectory(path);
        return new RedisDataDirectory(path, held);
    }

    public static string InUse(string parent) =>
        $"The Redis data in {parent} belongs to another AppHost that still runs: stop that one, or give this one its own directory with --data DIR.";

    public static string Unusable(Exception problem) => $"{problem.Message} The data can live elsewhere: --data DIR.";

    public void Dispose() => _lock.Dispose();
}
