using StackExchange.Redis;

namespace ChatModels.Batches.Files;

/// <summary>Every key of the files in Redis; each file is a slot of a cluster of its own.</summary>
internal sealed class FileKeys(string installation)
{
    // {cm:prod:files}:contents       HASH    file-abc/7f3c0e -> 73912:1767225600000, that is file and writer -> bytes and when last written (Unix
    //                                        milliseconds). Written before the bytes are and removed after they are, so that nothing is ever here
    //                                        that does not stand there.
    public RedisKey Contents { get; } = $"{{cm:{installation}:files}}:contents";

    // {cm:prod:f:file-abc}:at        STRING  7f3c0e:73912, that is the writer whose bytes are the file's, and how many; absent until it was completed
    public RedisKey At(string id) => $"{{cm:{installation}:f:{id}}}:at";

    // {cm:prod:f:file-abc}:7f3c0e    HASH    0, 1, 2 ... -> the bytes, 256 KiB each but the last
    public RedisKey Bytes(string id, string token) => $"{{cm:{installation}:f:{id}}}:{token}";
}
