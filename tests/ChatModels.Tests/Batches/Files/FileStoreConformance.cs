using System.Text;
using ChatModels.Batches.Files;
using ChatModels.Batches.Stores;
using ChatModels.Registry;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Batches.Files;

/// <summary>What every store of files does.</summary>
public abstract class FileStoreConformance : IAsyncLifetime
{
    private const long Capacity = 4 * 1024 * 1024;

    private IFileStore? _store;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IFileStore Store => _store ?? throw new InvalidOperationException("The test was not initialized.");

    public async ValueTask InitializeAsync() => _store = await CreateAsync(Capacity);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task AFile_IsThereOnceItIsComplete_AndReadableFromAnywhere()
    {
        var bytes = new byte[700_000];
        new Random(1).NextBytes(bytes);
        await using (var writer = await Store.CreateAsync("file-a", Cancel))
        {
            await writer.WriteAsync(bytes.AsMemory(0, 300_001), Cancel);
            await writer.WriteAsync(bytes.AsMemory(300_001), Cancel);
            Assert.Null(await Store.OpenAsync("file-a", Cancel));
            await writer.CompleteAsync(Cancel);
        }

        Assert.Equal(bytes, await ReadAsync("file-a", 0));
        Assert.Equal(bytes[650_000..], await ReadAsync("file-a", 650_000));
        Assert.Equal(bytes[262_144..], await ReadAsync("file-a", 262_144));
        Assert.Equal([("file-a", null, 700_000)], (await Store.ListAsync(Cancel)).Select(c => (c.Id, c.Token, c.Bytes)));
    }

    [Fact]
    public async Task AFile_ThatIsWrittenAgain_IsReplacedAsAWhole()
    {
        await WriteAsync("file-a", "the first, and longer");
        await WriteAsync("file-a", "the second");

        Assert.Equal("the second", Encoding.UTF8.GetString((await ReadAsync("file-a", 0))!));
        Assert.Single(await Store.ListAsync(Cancel));
    }

    [Fact]
    public async Task AFile_ThatIsNotCompleted_LeavesNothing()
    {
        await using (var writer = await Store.CreateAsync("file-a", Cancel))
        {
            await writer.WriteAsync(new byte[600_000], Cancel);
        }

        Assert.Null(await Store.OpenAsync("file-a", Cancel));
        Assert.Empty(await Store.ListAsync(Cancel));
    }

    [Fact]
    public async Task AFile_ThatIsDeleted_IsGone()
    {
        await WriteAsync("file-a", "x");
        await Store.DeleteAsync("file-a", Cancel);
        await Store.DeleteAsync("file-a", Cancel);
        await Store.DeleteAsync("file-never", Cancel);

        Assert.Null(await Store.OpenAsync("file-a", Cancel));
        Assert.Empty(await Store.ListAsync(Cancel));
    }

    [Fact]
    public async Task TwoWriters_OfOneFile_DoNotMixTheirBytes()
    {
        await using var first = await Store.CreateAsync("file-a", Cancel);
        await using var second = await Store.CreateAsync("file-a", Cancel);
        for (var i = 0; i < 3; i++)
        {
            await first.WriteAsync(Encoding.UTF8.GetBytes("1"), Cancel);
            await second.WriteAsync(Encoding.UTF8.GetBytes("2"), Cancel);
        }

        await first.CompleteAsync(Cancel);
        Assert.Equal("111", Encoding.UTF8.GetString((await ReadAsync("file-a", 0))!));
        await second.CompleteAsync(Cancel);
        Assert.Equal("222", Encoding.UTF8.GetString((await ReadAsync("file-a", 0))!));
    }

    [Fact]
    public async Task AStore_ThatIsFull_SaysSo_AndTakesMoreAfterADeletion()
    {
        await WriteAsync("file-a", new string('a', 2_000_000));
        await Assert.ThrowsAsync<FileStoreFullException>(() => WriteAsync("file-b", new string('b', 2_500_000)));
        Assert.Null(await Store.OpenAsync("file-b", Cancel));

        await Store.DeleteAsync("file-a", Cancel);

        await WaitUntil.TrueAsync(async _ =>
        {
            await WriteAsync("file-b", new string('b', 2_500_000)); // A directory is counted every few seconds.
            return true;
        }, "room after a deletion", cancellationToken: Cancel);
    }

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("a b")]
    public async Task AnId_ThatCouldBeAPath_IsRefused(string id)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.CreateAsync(id, Cancel));
    }

    private protected abstract Task<IFileStore> CreateAsync(long capacity);

    private Task WriteAsync(string id, string text) => WriteAsync(id, Encoding.UTF8.GetBytes(text));

    private async Task WriteAsync(string id, byte[] bytes)
    {
        await using var writer = await Store.CreateAsync(id, Cancel);
        await writer.WriteAsync(bytes, Cancel);
        await writer.CompleteAsync(Cancel);
    }

    private async Task<byte[]?> ReadAsync(string id, long from)
    {
        await using var stream = await Store.OpenAsync(id, Cancel);
        Assert.NotNull(stream);
        stream.Position = from;
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Cancel);
        return bytes.ToArray();
    }
}

public sealed class InMemoryFileStoreTests : FileStoreConformance
{
    private protected override Task<IFileStore> CreateAsync(long capacity) => Task.FromResult<IFileStore>(new InMemoryFileStore(capacity, TimeProvider.System));
}

public sealed class DirectoryFileStoreTests : FileStoreConformance
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "chatmodels-tests", Guid.NewGuid().ToString("N"));

    public override ValueTask DisposeAsync()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }

        return base.DisposeAsync();
    }

    private protected override Task<IFileStore> CreateAsync(long capacity) => Task.FromResult<IFileStore>(new DirectoryFileStore(_directory, capacity, new Chance(new Random(1))));
}

public sealed class RedisFileStoreTests(SharedStores servers) : ServerFileStoreConformance(servers, StoreKind.Redis);

public sealed class GarnetFileStoreTests(SharedStores servers) : ServerFileStoreConformance(servers, StoreKind.Garnet);

public abstract class ServerFileStoreConformance(SharedStores servers, StoreKind kind) : FileStoreConformance
{
    private RedisBatchStore? _connection;

    public override async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected override async Task<IFileStore> CreateAsync(long capacity)
    {
        var server = await servers.GetAsync(kind, Cancel);
        var installation = SharedStores.UniqueName();
        _connection = new RedisBatchStore(server.ConnectionString, installation, TimeProvider.System);
        await WaitUntil.TrueAsync(async token => (await _connection.ListOpenAsync(token)).Count == 0, "a connection", cancellationToken: Cancel);
        return new RedisFileStore(_connection.Link, new FileKeys(installation), capacity, TimeProvider.System, new Chance(new Random(1)));
    }
}
