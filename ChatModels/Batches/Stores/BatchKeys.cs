using System.Globalization;
using StackExchange.Redis;

namespace ChatModels.Batches.Stores;

/// <summary>Every key of the batches in Redis. Each batch is a slot of a cluster of its own; the lists of all of them are another. Files' bytes: <see cref="Files.FileKeys"/>.</summary>
internal sealed class BatchKeys(string installation)
{
    private readonly string _common = $"{{cm:{installation}:batches}}:";

    // {cm:prod:batches}:files          HASH    file-abc -> the file's record, JSON (opaque here)
    // {cm:prod:batches}:batches        HASH    batch_abc -> what was asked for, JSON (opaque here); never changed
    public RedisKey Records(RecordKind kind) => _common + (kind is RecordKind.File ? "files" : "batches");

    // {cm:prod:batches}:files-order    ZSET    score 1767225600000000 (created, Unix microseconds), member file-abc; the same for batches
    public RedisKey Order(RecordKind kind) => _common + (kind is RecordKind.File ? "files-order" : "batches-order");

    // {cm:prod:batches}:files-expiry   ZSET    score 1769817600000 (when it expires), member file-abc; batches are here once they have ended
    public RedisKey Expiry(RecordKind kind) => _common + (kind is RecordKind.File ? "files-expiry" : "batches-expiry");

    // {cm:prod:batches}:open           ZSET    score 1767225600000000 (created, Unix microseconds), member batch_abc, until its results can be had and it was swept
    public RedisKey Open => _common + "open";

    // {cm:prod:batches}:paces          HASH    gpt-4o -> 12.5:1767225600000, that is how many calls at once for the whole fleet, and until when none;
    //                                          only for models that have refused calls of late
    public RedisKey Paces => _common + "paces";

    // {cm:prod:b:batch_abc}:steps      HASH    started, closing, ended -> JSON (opaque here); each is written once and decides what the batch's status is
    public RedisKey Steps(string batch) => Of(batch) + "steps";

    // {cm:prod:b:batch_abc}:layout     STRING  where each chunk of up to 64 lines begins in the input
    public RedisKey Layout(string batch) => Of(batch) + "layout";

    // {cm:prod:b:batch_abc}:seals      HASH    0 -> 62:2:48291:318, that is chunk -> lines completed, lines failed, and the bytes of both in its part
    public RedisKey Seals(string batch) => Of(batch) + "seals";

    // {cm:prod:b:batch_abc}:lease:0    STRING  7f3c0e, the claim's token, with a time to live of 12 s; also lease:validation, lease:finishing
    public RedisKey Lease(string batch, WorkUnit unit) => Of(batch) + "lease:" + unit switch
    {
        { Chunk: -1 } => "validation",
        { Chunk: -2 } => "finishing",
        _ => unit.Chunk.ToString(CultureInfo.InvariantCulture),
    };

    // {cm:prod:b:batch_abc}:r:0        HASH    17 -> the line's result; each is written once. Gone when the chunk is sealed.
    public RedisKey Answers(string batch, int chunk) => string.Create(CultureInfo.InvariantCulture, $"{Of(batch)}r:{chunk}");

    // {cm:prod:b:batch_abc}:m:0        HASH    17 -> 1:7f3c0e, that is line -> how many workers were lost with it, and which claim tries it now
    public RedisKey Marks(string batch, int chunk) => string.Create(CultureInfo.InvariantCulture, $"{Of(batch)}m:{chunk}");

    private string Of(string batch) => $"{{cm:{installation}:b:{batch}}}:";
}
