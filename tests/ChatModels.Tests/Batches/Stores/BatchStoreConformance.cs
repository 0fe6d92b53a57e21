using System.Text;
using ChatModels.Batches.Stores;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Batches.Stores;

/// <summary>What every store of batches does.</summary>
public abstract partial class BatchStoreConformance : IAsyncLifetime
{
    private const string Batch = "batch_1";
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private static readonly WorkUnit Chunk = new(3);

    private IBatchStore? _store;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected IBatchStore Store => _store ?? throw new InvalidOperationException("The test was not initialized.");

    public async ValueTask InitializeAsync() => _store = await CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task AStep_IsTakenOnce_AndStaysAsTheFirstSaidIt()
    {
        Assert.True(await Store.TakeStepAsync(Batch, BatchStep.Closing, Bytes("first"), Cancel));
        Assert.False(await Store.TakeStepAsync(Batch, BatchStep.Closing, Bytes("second"), Cancel));
        Assert.True(await Store.TakeStepAsync(Batch, BatchStep.Started, Bytes("other"), Cancel));

        var steps = await Store.ReadStepsAsync(Batch, Cancel);

        Assert.Equal(("first", "other", 2), (Text(steps[BatchStep.Closing]), Text(steps[BatchStep.Started]), steps.Count));
    }

    [Fact]
    public async Task AClaim_ExcludesOthers_UntilItIsGivenBack()
    {
        Assert.True(await Store.TryClaimAsync(Batch, Chunk, "a", Long, Cancel));
        Assert.False(await Store.TryClaimAsync(Batch, Chunk, "b", Long, Cancel));
        Assert.True(await Store.TryClaimAsync(Batch, new WorkUnit(4), "b", Long, Cancel));
        Assert.Equal([2], await Store.UnclaimedAsync(Batch, [2, 3, 4], Cancel));

        await Store.ReleaseAsync(Batch, Chunk, "b", Cancel);
        Assert.False(await Store.TryClaimAsync(Batch, Chunk, "c", Long, Cancel));

        await Store.ReleaseAsync(Batch, Chunk, "a", Cancel);
        Assert.True(await Store.TryClaimAsync(Batch, Chunk, "c", Long, Cancel));
    }

    [Fact]
    public async Task AClaim_ThatRanOut_IsAnybodys_AndIsNotRenewed()
    {
        Assert.True(await Store.TryClaimAsync(Batch, Chunk, "a", TimeSpan.FromMilliseconds(50), Cancel));

        await WaitUntil.TrueAsync(token => Store.TryClaimAsync(Batch, Chunk, "b", Long, token), "the end of a claim", cancellationToken: Cancel);

        Assert.False(await Store.TryRenewAsync(Batch, Chunk, "a", Long, Cancel));
    }

    [Fact]
    public async Task AClaim_ThatIsRenewed_Lasts()
    {
        Assert.True(await Store.TryClaimAsync(Batch, Chunk, "a", TimeSpan.FromSeconds(5), Cancel));

        Assert.True(await Store.TryRenewAsync(Batch, Chunk, "a", Long, Cancel));
        Assert.False(await Store.TryRenewAsync(Batch, Chunk, "b", Long, Cancel));
        Assert.False(await Store.TryRenewAsync(Batch, new WorkUnit(9), "a", Long, Cancel));
        Assert.False(await Store.TryClaimAsync(Batch, Chunk, "b", Long, Cancel));
    }

    [Fact]
    public async Task ManyClaimants_OfOneChunk_OneGetsIt()
    {
        var claims = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Store.TryClaimAsync(Batch, Chunk, $"t{i}", Long, Cancel)));

        Assert.Single(claims, won => won);
    }

    [Fact]
    public async Task ALine_HasTheFirstResult_WhoeverCameLater()
    {
        var firsts = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Store.AnswerAsync(Batch, 0, 7, Bytes($"{i}"), Cancel)));
        var first = Array.IndexOf(firsts, true);

        Assert.Single(firsts, won => won);
        var answers = await Store.ReadAnswersAsync(Batch, 0, Cancel);
        Assert.Equal([(7, $"{first}")], answers.Select(a => (a.Key, Text(a.Value))));
    }

    [Fact]
    public async Task AChunk_ShowsItsResultsAndMarks_UntilItIsDropped()
    {
        await Store.MarkAsync(Batch, 1, [new LineMark(64, 0, "a"), new LineMark(65, 2, "a")], Cancel);
        await Store.MarkAsync(Batch, 1, [new LineMark(65, 2, null)], Cancel);
        await Store.AnswerAsync(Batch, 1, 64, Bytes("x"), Cancel);
        await Store.AnswerAsync(Batch, 2, 128, Bytes("y"), Cancel);

        var standing = await Store.ReadChunkAsync(Batch, 1, Cancel);

        Assert.False(standing.IsSealed);
        Assert.Equal([64], standing.Answered);
        Assert.Equal([(64, "0:a"), (65, "2:")], standing.Marks.OrderBy(m => m.Key).Select(m => (m.Key, m.Value)));
        Assert.Equal([1, 1, 0], await Store.CountAnswersAsync(Batch, [1, 2, 3], Cancel));

        Assert.True(await Store.SealAsync(Batch, 1, "1:0:9:0", Cancel));
        Assert.False(await Store.SealAsync(Batch, 1, "0:1:0:9", Cancel));
        await Store.DropChunkAsync(Batch, 1, Cancel);

        standing = await Store.ReadChunkAsync(Batch, 1, Cancel);
        Assert.True(standing.IsSealed);
        Assert.Empty(standing.Answered);
        Assert.Empty(standing.Marks);
        Assert.Equal([(1, "1:0:9:0")], (await Store.ReadSealsAsync(Batch, Cancel)).Select(s => (s.Key, s.Value)));
    }

    [Fact]
    public async Task ASweep_LeavesTheSteps_AndWithEverythingNothing()
    {
        await Store.TakeStepAsync(Batch, BatchStep.Ended, Bytes("e"), Cancel);
        await Store.WriteLayoutAsync(Batch, Bytes("layout"), Cancel);
        await Store.AnswerAsync(Batch, 0, 0, Bytes("x"), Cancel);
        await Store.MarkAsync(Batch, 1, [new LineMark(64, 0, "a")], Cancel);
        await Store.SealAsync(Batch, 1, "1:0:1:0", Cancel);
        await Store.TryClaimAsync(Batch, new WorkUnit(1), "a", Long, Cancel);
        Assert.Equal("layout", Text((await Store.ReadLayoutAsync(Batch, Cancel))!.Value));

        await Store.SweepAsync(Batch, 2, everything: false, Cancel);

        Assert.Null(await Store.ReadLayoutAsync(Batch, Cancel));
        Assert.Empty(await Store.ReadAnswersAsync(Batch, 0, Cancel));
        Assert.Empty(await Store.ReadSealsAsync(Batch, Cancel));
        Assert.Equal([0, 1], await Store.UnclaimedAsync(Batch, [0, 1], Cancel));
        Assert.Single(await Store.ReadStepsAsync(Batch, Cancel));

        await Store.SweepAsync(Batch, 2, everything: true, Cancel);
        Assert.Empty(await Store.ReadStepsAsync(Batch, Cancel));
    }

    [Fact]
    public async Task APace_IsWhatWasSaidLast()
    {
        await Store.WritePaceAsync("m", "8:1", Cancel);
        await Store.WritePaceAsync("m", "4:2", Cancel);
        await Store.WritePaceAsync("n", "1:1", Cancel);
        await Store.WritePaceAsync("n", null, Cancel);

        Assert.Equal([("m", "4:2")], (await Store.ReadPacesAsync(Cancel)).Select(p => (p.Key, p.Value)));
    }

    private protected abstract Task<IBatchStore> CreateAsync();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}

public sealed class InMemoryBatchStoreTests : BatchStoreConformance
{
    private protected override Task<IBatchStore> CreateAsync() => Task.FromResult<IBatchStore>(new InMemoryBatchStore(TimeProvider.System));
}

public sealed class RedisBatchStoreTests(SharedStores servers) : ServerBatchStoreConformance(servers, StoreKind.Redis);

public sealed class GarnetBatchStoreTests(SharedStores servers) : ServerBatchStoreConformance(servers, StoreKind.Garnet);

public abstract class ServerBatchStoreConformance(SharedStores servers, StoreKind kind) : BatchStoreConformance
{
    private protected override async Task<IBatchStore> CreateAsync()
    {
        var server = await servers.GetAsync(kind, Cancel);
        var store = new RedisBatchStore(server.ConnectionString, SharedStores.UniqueName(), TimeProvider.System);

        // The first connect may take longer than any call.
        await WaitUntil.TrueAsync(async token => (await store.TryClaimAsync("warm", WorkUnit.Validation, "w", TimeSpan.FromSeconds(9), token)) || true, "a connection", cancellationToken: Cancel);
        await WaitUntil.TrueAsync(token => store.TryRenewAsync("warm", WorkUnit.Validation, "w", TimeSpan.FromSeconds(9), token), "a connection for leases", cancellationToken: Cancel);
        return store;
    }
}
