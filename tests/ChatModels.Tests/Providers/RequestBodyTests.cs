using System.Buffers;
using ChatModels.Providers;
using Xunit;

namespace ChatModels.Tests.Providers;

public sealed class RequestBodyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_AnyEdits_GivesWhatReplacingByHandGivesInEveryWay()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 2_000; round++)
        {
            var original = new byte[random.Next(0, 400)];
            random.NextBytes(original);
            var (edits, expected) = Edit(original, random);
            var untouched = (byte[])original.Clone();
            var body = new RequestBody(original, edits);

            byte[][] written = [await WrittenToStreamAsync(body), WrittenToBuffer(body), Copied(body)];

            Assert.True(written.All(bytes => bytes.AsSpan().SequenceEqual(expected)), $"seed {seed}, round {round}");
            Assert.True(untouched.AsSpan().SequenceEqual(original), $"seed {seed}, round {round}: the original changed");
        }
    }

    [Fact]
    public async Task IsBeingWritten_WhileATransportReadsSlowly_IsTrueUntilItsEnd()
    {
        var gate = new TaskCompletionSource();
        var body = new RequestBody(new byte[10]);

        var writing = body.WriteToAsync(new SlowStream(gate.Task), Ct);
        Assert.True(body.IsBeingWritten);
        gate.SetResult();
        await writing;

        Assert.False(body.IsBeingWritten);
    }

    private static (BodyEdit[] Edits, byte[] Expected) Edit(byte[] original, Random random)
    {
        var edits = new List<BodyEdit>();
        var expected = new List<byte>();
        var position = 0;
        for (var count = random.Next(0, 6); count > 0; count--)
        {
            var offset = random.Next(position, original.Length + 1);
            var length = random.Next(0, Math.Min(20, original.Length - offset) + 1);
            var replacement = new byte[random.Next(0, 30)];
            random.NextBytes(replacement);
            edits.Add(new BodyEdit(offset, length, replacement));
            expected.AddRange(original[position..offset]);
            expected.AddRange(replacement);
            position = offset + length;
        }

        expected.AddRange(original[position..]);
        return ([.. edits], [.. expected]);
    }

    private static async Task<byte[]> WrittenToStreamAsync(RequestBody body)
    {
        using var output = new MemoryStream();
        await body.WriteToAsync(output, Ct);
        return output.ToArray();
    }

    private static byte[] WrittenToBuffer(RequestBody body)
    {
        var output = new ArrayBufferWriter<byte>();
        body.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Copied(RequestBody body)
    {
        var output = new byte[body.Length];
        body.CopyTo(output);
        return output;
    }

    private sealed class SlowStream(Task gate) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await gate;
    }
}
