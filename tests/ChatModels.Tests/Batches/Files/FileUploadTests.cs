using ChatModels.Batches.Files;
using Xunit;

namespace ChatModels.Tests.Batches.Files;

public sealed class FileUploadTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoHundredMegabytes_AreTheMost_AndWhatIsOverIsNotKept()
    {
        var kept = new Counter();
        await using var upload = new FileUpload("file-a", kept, new FileStoreOptions().MaxFileBytes);
        var megabyte = new byte[1024 * 1024];
        for (var i = 0; i < 200; i++)
        {
            await upload.WriteAsync(megabyte, Cancel);
        }

        Assert.False(upload.IsTooLarge);
        await upload.WriteAsync(new byte[1], Cancel);

        Assert.True(upload.IsTooLarge);
        Assert.Equal(200L * 1024 * 1024, kept.Bytes);
    }

    private sealed class Counter : IFileWriter
    {
        public long Bytes { get; private set; }

        public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Bytes += bytes.Length;
            return Task.CompletedTask;
        }

        public Task CompleteAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
