using System.Globalization;
using ChatModels.Registry;
using ChatModels.Registry.Stores;
using StackExchange.Redis;

namespace ChatModels.Batches.Files;

/// <summary>Files in Redis, in chunks: for installations without a common directory. Capped, because memory is what it takes.</summary>
internal sealed class RedisFileStore(RedisLink link, FileKeys keys, long capacity, TimeProvider time, Chance chance) : IFileStore
{
    public const int ChunkSize = 256 * 1024;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    public long Capacity => capacity;

    public Task<IFileWriter> CreateAsync(string id, CancellationToken cancellationToken) =>
        Task.FromResult<IFileWriter>(new RedisFileWriter(this, FileIds.Checked(id), chance.NextId()));

    public async Task<Stream?> OpenAsync(string id, CancellationToken cancellationToken)
    {
        var at = await AskAsync(database => database.StringGetAsync(keys.At(FileIds.Checked(id)), CommandFlags.DemandMaster), cancellationToken);
        return at.ToString().Split(':') is [var token, var bytes] && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? new ChunkedStream(length, ChunkSize, (index, cancelled) => ReadAsync(id, token, index, cancelled))
            : null;
    }

    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        var at = await AskAsync(database => database.StringGetAsync(keys.At(FileIds.Checked(id)), CommandFlags.DemandMaster), cancellationToken);
        if (at.ToString().Split(':') is [var token, _])
        {
            await AskAsync(database => database.KeyDeleteAsync([keys.At(id), keys.Bytes(id, token)], CommandFlags.DemandMaster), cancellationToken);
            await ForgetAsync(id, token, cancellationToken);
        }
    }

    public async Task<IReadOnlyList<StoredContent>> ListAsync(CancellationToken cancellationToken)
    {
        var entries = await AskAsync(database => database.HashGetAllAsync(keys.Contents, CommandFlags.DemandMaster), cancellationToken);
        var contents = entries.Select(Parse).OfType<StoredContent>().ToArray();
        if (contents is [])
        {
            return [];
        }

        // Different slots, so one question each; all of them are on their way at once.
        var current = await AskAsync(database => Task.WhenAll(contents.Select(c => database.StringGetAsync(keys.At(c.Id), CommandFlags.DemandMaster))), cancellationToken);
        return [.. contents.Select((c, i) => current[i].ToString().StartsWith($"{c.Token}:", StringComparison.Ordinal) ? c with { Token = null } : c)];
    }

    public async Task DiscardAsync(StoredContent content, CancellationToken cancellationToken)
    {
        if (content.Token is { } token)
        {
            await AskAsync(database => database.KeyDeleteAsync(keys.Bytes(content.Id, token), CommandFlags.DemandMaster), cancellationToken);
            await ForgetAsync(content.Id, token, cancellationToken);
        }
    }

    /// <summary>Writes one chunk, if there is room for it.</summary>
    public async Task WriteAsync(string id, string token, int index, ReadOnlyMemory<byte> bytes, long soFar, CancellationToken cancellationToken)
    {
        var sizes = await AskAsync(database => database.HashGetAllAsync(keys.Contents, CommandFlags.DemandMaster), cancellationToken);
        var others = sizes.Select(Parse).OfType<StoredContent>().Where(c => c.Id != id || c.Token != token).Sum(c => c.Bytes);
        if (others + soFar > capacity)
        {
            throw new FileStoreFullException(capacity);
        }

        await AskAsync(database => database.HashSetAsync(keys.Contents, Field(id, token), Size(soFar), When.Always, CommandFlags.DemandMaster), cancellationToken);
        await AskAsync(database => database.HashSetAsync(keys.Bytes(id, token), index, bytes, When.Always, CommandFlags.DemandMaster), cancellationToken);
    }

    /// <summary>From now on these bytes are the file's; what was there before goes.</summary>
    public async Task CompleteAsync(string id, string token, long length, CancellationToken cancellationToken)
    {
        var before = await AskAsync(database => database.StringGetAsync(keys.At(id), CommandFlags.DemandMaster), cancellationToken);
        await AskAsync(database => database.HashSetAsync(keys.Contents, Field(id, token), Size(length), When.Always, CommandFlags.DemandMaster), cancellationToken);
        await AskAsync(
            database => database.StringSetAsync(keys.At(id), string.Create(CultureInfo.InvariantCulture, $"{token}:{length}"), flags: CommandFlags.DemandMaster), cancellationToken);
        if (before.ToString().Split(':') is [var old, _] && old != token)
        {
            await DiscardAsync(new StoredContent(id, old, 0, default), cancellationToken);
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(string id, string token, int index, CancellationToken cancellationToken)
    {
        var bytes = await AskAsync(database => database.HashGetAsync(keys.Bytes(id, token), index, CommandFlags.DemandMaster), cancellationToken);
        return bytes.IsNull ? throw new StoreUnavailableException($"The file {id} was deleted or replaced while it was read.") : (ReadOnlyMemory<byte>)bytes;
    }

    private Task<bool> ForgetAsync(string id, string token, CancellationToken cancellationToken) =>
        AskAsync(database => database.HashDeleteAsync(keys.Contents, Field(id, token), CommandFlags.DemandMaster), cancellationToken);

    private Task<T> AskAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken) => link.AskAsync("a file", Within, ask, cancellationToken);

    private static RedisValue Field(string id, string token) => $"{id}/{token}";

    private RedisValue Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes}:{time.GetUtcNow().ToUnixTimeMilliseconds()}");

    private static StoredContent? Parse(HashEntry entry) =>
        entry.Name.ToString().Split('/') is [var id, var token] && entry.Value.ToString().Split(':') is [var bytes, var touched]
        && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
        && long.TryParse(touched, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? new StoredContent(id, token, length, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds))
            : null;
}

/// <summary>Writes one file to Redis, chunk by chunk.</summary>
internal sealed class RedisFileWriter(RedisFileStore store, string id, string token) : IFileWriter
{
    private readonly byte[] _chunk = new byte[RedisFileStore.ChunkSize];
    private int _filled;
    private int _index;
    private long _length;
    private bool _isComplete;

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var taken = Math.Min(bytes.Length, _chunk.Length - _filled);
            bytes[..taken].CopyTo(_chunk.AsMemory(_filled));
            _filled += taken;
            bytes = bytes[taken..];
            if (_filled == _chunk.Length)
            {
                await FlushAsync(cancellationToken);
            }
        }
    }

    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_filled > 0)
        {
            await FlushAsync(cancellationToken);
        }

        await store.CompleteAsync(id, token, _length, cancellationToken);
        _isComplete = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isComplete && _length > 0)
        {
            try
            {
                await store.DiscardAsync(new StoredContent(id, token, 0, default), CancellationToken.None);
            }
            catch (StoreUnavailableException)
            {
                // The sweeper finds it among the contents, an hour from now.
            }
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        _length += _filled;
        await store.WriteAsync(id, token, _index++, _chunk.AsMemory(0, _filled), _length, cancellationToken);
        _filled = 0;
    }
}
