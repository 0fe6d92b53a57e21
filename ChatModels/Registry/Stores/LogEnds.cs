using System.Globalization;
using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>Where the log's bytes begin and end, read before a write. The write's condition makes sure that nothing has moved in between.</summary>
internal sealed record LogEnds(RegistryHead? Head, long First, long Next)
{
    public static async Task<LogEnds> ReadAsync(RedisLink link, RedisReader reader, RegistryKeys keys, TimeSpan within, CancellationToken cancellationToken) =>
        await link.AskTogetherAsync<LogEnds>("the registry's head", within, transaction =>
        {
            var head = transaction.StringGetAsync(keys.Head);
            var oldest = transaction.SortedSetRangeByRankWithScoresAsync(keys.LogSizes, 0, 0);
            var newest = transaction.SortedSetRangeByRankWithScoresAsync(keys.LogSizes, -1, -1);
            return async () => new LogEnds(reader.ParseHead(await head), Before(await oldest), After(await newest));
        }, cancellationToken);

    /// <summary>The log keeps entries that begin at this byte or later once <paramref name="bytes"/> more are in it.</summary>
    public long KeepFrom(int bytes) => Next + bytes - LogBound.MaxBytes;

    /// <summary>The newest revision that a new entry pushes out of the log; null when there is room.</summary>
    public async Task<long?> PushedOutAsync(int bytes, RedisLink link, RegistryKeys keys, TimeSpan within, CancellationToken cancellationToken)
    {
        if (KeepFrom(bytes) <= First)
        {
            return null;
        }

        var last = await link.AskAsync(
            "the log's sizes",
            within,
            database => database.SortedSetRangeByScoreAsync(
                keys.LogSizes, 0, KeepFrom(bytes) - 1, Exclude.None, Order.Descending, skip: 0, take: 1, CommandFlags.DemandMaster),
            cancellationToken);
        return last is [var member] ? Parse(member).Revision : null;
    }

    /// <summary>A member of the sizes: revision and bytes.</summary>
    public static RedisValue Member(long revision, int bytes) => string.Create(CultureInfo.InvariantCulture, $"{revision}:{bytes}");

    private static long Before(SortedSetEntry[] ends) => ends is [var end] ? (long)end.Score : 0;

    private static long After(SortedSetEntry[] ends) => ends is [var end] ? (long)end.Score + Parse(end.Element).Bytes : 0;

    private static (long Revision, long Bytes) Parse(RedisValue member) =>
        member.ToString().Split(':') is [var revision, var bytes]
        && long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var parsedRevision)
        && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var parsedBytes)
            ? (parsedRevision, parsedBytes)
            : throw new StoreUnavailableException(
                $"'{member}' in the log's sizes is not revision:bytes. Something else writes to the registry's keys; delete the log and its sizes together.");
}
