using System.Text;
using System.Text.Json;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Wire;
using Xunit;

namespace ChatModels.Tests.Registry.Wire;

public sealed class LogCodecTests
{
    private static readonly LogRecord Entry = new()
    {
        Version = 1,
        Revision = 8,
        Stamp = "new",
        Previous = "old",
        Op = "put_model",
        Actor = "admin",
        At = DateTimeOffset.UnixEpoch,
        Changes = [new LogChange(EntityKind.Model, "m", null, JsonElement.Parse("""{"deployments":[]}"""))],
    };

    [Fact]
    public void TryDecode_WhatWasEncoded_GivesTheSameEntry()
    {
        var decoded = LogCodec.TryDecode(LogCodec.Encode(Entry));

        Assert.NotNull(decoded);
        Assert.Equal(Entry with { Changes = [] }, decoded with { Changes = [] });
        var change = Assert.Single(decoded.Changes);
        Assert.Equal((EntityKind.Model, "m"), (change.Kind, change.Id));
        Assert.Null(change.Old);
        Assert.Equal("""{"deployments":[]}""", change.New!.Value.GetRawText());
    }

    [Theory]
    [InlineData("model")]
    [InlineData("Model")]
    public void TryDecode_KindInEitherSpelling_IsRead(string spelling)
    {
        var json = Encoding.UTF8.GetString(LogCodec.Encode(Entry));
        Assert.Contains("\"kind\":\"model\"", json, StringComparison.Ordinal);

        var decoded = LogCodec.TryDecode(Encoding.UTF8.GetBytes(json.Replace("\"kind\":\"model\"", $"\"kind\":\"{spelling}\"", StringComparison.Ordinal)));

        Assert.Equal(EntityKind.Model, Assert.Single(decoded!.Changes).Kind);
    }

    [Fact]
    public void Encode_OverOneMebibyte_KeepsOnlyTheIds()
    {
        var large = JsonElement.Parse($"\"{new string('x', LogCodec.MaxBytes)}\"");

        var json = LogCodec.Encode(Entry with { Changes = [new LogChange(EntityKind.Model, "m", null, large)] });

        Assert.True(json.Length < 1_000);
        var decoded = LogCodec.TryDecode(json);
        Assert.True(decoded!.IdsOnly);
        Assert.Equal(new LogChange(EntityKind.Model, "m", null, null), Assert.Single(decoded.Changes));
    }

    [Fact]
    public void TryDecode_EntryOfANewerSchema_StillShowsWhereItBelongs()
    {
        var decoded = LogCodec.TryDecode("""{"version":9,"revision":8,"stamp":"new","previous":"old","op":"x","actor":"y","at":"2030-01-01T00:00:00Z","why":"?","changes":[]}"""u8.ToArray());

        Assert.Equal((9, 8L, "new", "old"), (decoded!.Version, decoded.Revision, decoded.Stamp, decoded.Previous));
    }

    [Fact]
    public void TryDecode_NoJson_IsNothing() => Assert.Null(LogCodec.TryDecode("{"u8.ToArray()));
}
