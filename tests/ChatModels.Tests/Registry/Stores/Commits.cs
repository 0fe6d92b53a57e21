using System.Text;
using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Registry.Stores;

/// <summary>Writes for tests. Their log entry is the new head, as text.</summary>
internal static class Commits
{
    public static RegistryHead After(RegistryHead? head) =>
        new(head?.Epoch ?? $"epoch{Guid.NewGuid():N}", (head?.Revision ?? 0) + 1, Guid.NewGuid().ToString("N")[..12]);

    public static StoreCommit Write(RegistryHead? expected, params StoredEntity[] changes) => Write(expected, After(expected), changes);

    public static StoreCommit Write(RegistryHead? expected, RegistryHead next, params StoredEntity[] changes) =>
        new(expected, next, changes, Bytes(next.ToString()));

    public static StoredEntity Provider(string id, string value) => new(EntityKind.Provider, id, Bytes(value));

    public static StoredEntity Model(string id, string value) => new(EntityKind.Model, id, Bytes(value));

    public static StoredEntity Delete(EntityKind kind, string id) => new(kind, id, null);

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>A write that must be acknowledged; gives its head.</summary>
    public static async Task<RegistryHead> CommittedAsync(this IRegistryStore store, RegistryHead? expected, params StoredEntity[] changes)
    {
        var commit = Write(expected, changes);
        Assert.Equal(CommitOutcome.Committed, await store.SettledAsync(commit));
        return commit.Next;
    }

    /// <summary>Commits until the answer is Committed or Lost: on a busy machine a store may run out of time.</summary>
    /// <remarks>To send a write again is safe: its head can come true only once.</remarks>
    public static async Task<CommitOutcome> SettledAsync(this IRegistryStore store, StoreCommit commit)
    {
        var outcome = CommitOutcome.Unavailable;
        var mayBeApplied = false;
        await WaitUntil.TrueAsync(async cancellationToken =>
        {
            outcome = await store.CommitAsync(commit, cancellationToken);
            mayBeApplied |= outcome is CommitOutcome.Unknown;
            if (outcome is CommitOutcome.Lost && mayBeApplied
                && (await store.ReadLogAsync(commit.Next.Revision - 1, cancellationToken))?.Entries is [var first, ..])
            {
                outcome = first.Span.SequenceEqual(commit.LogEntry.Span) ? CommitOutcome.Committed : CommitOutcome.Lost;
            }

            return outcome is CommitOutcome.Committed or CommitOutcome.Lost;
        }, $"the fate of {commit.Next}", cancellationToken: TestContext.Current.CancellationToken);
        return outcome;
    }

    /// <summary>The whole store as text: the head, <c>Kind id=value</c> in order, and the log.</summary>
    public static async Task<StoreText> DumpAsync(this IRegistryStore store)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var image = await store.ReadAllAsync(cancellationToken);
        var log = await store.ReadLogAsync(0, cancellationToken);
        Assert.Equal(await store.ReadHeadAsync(cancellationToken), image?.Head);
        Assert.Equal(log?.Head, image?.Head);
        return new StoreText(
            $"{image?.Head}",
            string.Join(' ', (image?.Entities ?? []).Select(e => $"{e.Kind} {e.Id}={Text(e.Json!.Value)}").Order(StringComparer.Ordinal)),
            string.Join(' ', (log?.Entries ?? []).Select(Text)));
    }
}

internal sealed record StoreText(string Head, string Entities, string Log);
