using ChatModels.Batches.Stores;
using Xunit;

namespace ChatModels.Tests.Batches.Stores;

public abstract partial class BatchStoreConformance
{
    [Fact]
    public async Task ABatch_IsOpenFromItsEntryUntilItIsClosed()
    {
        await AddAsync(RecordKind.Batch, "batch_a", 1);
        await AddAsync(RecordKind.Batch, "batch_b", 2);
        await AddAsync(RecordKind.File, "file-a", 1);

        Assert.Equal(["batch_a", "batch_b"], await Store.ListOpenAsync(Cancel));
        await Store.CloseAsync("batch_a", Cancel);

        Assert.Equal(["batch_b"], await Store.ListOpenAsync(Cancel));
        Assert.NotNull(await Store.FindAsync(RecordKind.Batch, "batch_a", Cancel));
    }

    [Fact]
    public async Task AResult_IsEntered_WhileItsBatchIsOpen()
    {
        await AddAsync(RecordKind.Batch, "batch_a", 1);
        await AddAsync(RecordKind.Batch, "batch_b", 2);

        Assert.True(await AddResultAsync("batch_a", "file-a", "first"));
        Assert.True(await AddResultAsync("batch_a", "file-a", "second"));
        Assert.Equal("first", Text((await Store.FindAsync(RecordKind.File, "file-a", Cancel))!.Value));
        Assert.Equal(["file-a"], await Store.ListExpiredAsync(RecordKind.File, At(5), 9, Cancel));

        await Store.CloseAsync("batch_a", Cancel);
        Assert.False(await AddResultAsync("batch_a", "file-a", "third"));
        Assert.False(await AddResultAsync("batch_a", "file-b", "first"));
        Assert.False(await AddResultAsync("batch_unknown", "file-c", "first"));
        Assert.Equal(["first"], await PageAsync(null, 9, newestFirst: false));
    }

    [Fact]
    public async Task Results_OfManyBatchesAtOnce_AreAllEntered()
    {
        // Each changes the list of open batches, which every entry looks at.
        string[] batches = [.. Enumerable.Range(0, 20).Select(n => $"batch_{n}")];
        await Task.WhenAll(batches.Select(batch => AddAsync(RecordKind.Batch, batch, 1)));

        Assert.All(await Task.WhenAll(batches.Select(FinishAsync)), Assert.True);

        async Task<bool> FinishAsync(string batch)
        {
            var entered = await AddResultAsync(batch, $"file-{batch}", "result");
            await Store.CloseAsync(batch, Cancel);
            return entered;
        }
    }

    [Fact]
    public async Task TheCatalogue_PagesInBothOrders()
    {
        foreach (var (id, at) in new[] { ("b", 2), ("a", 1), ("d", 3), ("c", 3) })
        {
            Assert.True(await AddAsync(RecordKind.File, id, at));
        }

        Assert.False(await AddAsync(RecordKind.File, "a", 9));
        Assert.Equal(["a", "b", "c", "d"], await PageAsync(null, 9, newestFirst: false));
        Assert.Equal(["d", "c"], await PageAsync(null, 2, newestFirst: true));
        Assert.Equal(["b", "a"], await PageAsync("c", 9, newestFirst: true));
        Assert.Equal(["c"], await PageAsync("b", 1, newestFirst: false));
        Assert.Null(await PageAsync("x", 9, newestFirst: true));
        Assert.Equal((4, 0), (await Store.CountAsync(RecordKind.File, Cancel), await Store.CountAsync(RecordKind.Batch, Cancel)));
    }

    [Fact]
    public async Task TwoOfOneMillisecond_AreListedAsTheyWereCreated()
    {
        foreach (var (id, microseconds) in new[] { ("b", 0), ("a", 1), ("c", 2) })
        {
            await Store.AddAsync(RecordKind.File, new CatalogueEntry(id, At(1).AddMicroseconds(microseconds), null, Bytes(id)), Cancel);
        }

        Assert.Equal(["b", "a", "c"], await PageAsync(null, 9, newestFirst: false));
        Assert.Equal(["b"], await PageAsync("a", 9, newestFirst: true));
    }

    [Fact]
    public async Task WhatHasExpired_IsListed_UntilItIsRemoved()
    {
        await AddAsync(RecordKind.File, "a", 1, expires: 10);
        await AddAsync(RecordKind.File, "b", 2, expires: 30);
        await AddAsync(RecordKind.File, "c", 3);
        await Store.SetExpiryAsync(RecordKind.File, "c", At(20), Cancel);

        Assert.Equal(["a", "c"], await Store.ListExpiredAsync(RecordKind.File, At(20), 9, Cancel));
        Assert.True(await Store.RemoveAsync(RecordKind.File, "a", Cancel));
        Assert.False(await Store.RemoveAsync(RecordKind.File, "a", Cancel));

        Assert.Equal(["c"], await Store.ListExpiredAsync(RecordKind.File, At(20), 9, Cancel));
        Assert.Null(await Store.FindAsync(RecordKind.File, "a", Cancel));
        Assert.Equal(["b", "c"], await PageAsync(null, 9, newestFirst: false));
    }

    private static DateTimeOffset At(int seconds) => DateTimeOffset.FromUnixTimeSeconds(1_700_000_000 + seconds);

    private Task<bool> AddAsync(RecordKind kind, string id, int at, int? expires = null) =>
        Store.AddAsync(kind, new CatalogueEntry(id, At(at), expires is { } seconds ? At(seconds) : null, Bytes(id)), Cancel);

    private Task<bool> AddResultAsync(string batch, string id, string text) => Store.AddResultAsync(batch, new CatalogueEntry(id, At(1), At(5), Bytes(text)), Cancel);

    private async Task<IEnumerable<string>?> PageAsync(string? after, int count, bool newestFirst) =>
        (await Store.PageAsync(RecordKind.File, after, count, newestFirst, Cancel))?.Select(Text);
}
