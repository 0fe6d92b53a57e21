using ChatModels.Registry;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ChatModels.Api.Conditions;

/// <summary>Entity tags as headers.</summary>
internal static class EntityTags
{
    public static void Write(HttpResponse response, EntityTag tag) => response.Headers.ETag = $"\"{tag}\"";

    /// <summary>Whether the caller of a read has this very state already (<c>If-None-Match</c>).</summary>
    public static bool IsKnown(HttpRequest request, EntityTag tag) =>
        TryRead(request.Headers.IfNoneMatch, out var known) && (known.Any || known.Tags.Contains(tag.ToString(), StringComparer.Ordinal));

    /// <summary>Reads a list of tags, or <c>*</c>. Weak ones are left out where the comparison is strong.</summary>
    public static bool TryRead(StringValues header, out TagList tags, bool strong = false)
    {
        tags = TagList.Empty;
        if (header.Count is 0)
        {
            return true;
        }

        if (!EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var values))
        {
            return false;
        }

        tags = new TagList(
            values.Any(value => value.Tag == "*"),
            [.. values.Where(value => value.Tag != "*" && !(strong && value.IsWeak)).Select(value => value.Tag.ToString().Trim('"'))]);
        return true;
    }
}

/// <summary>What a conditional header names.</summary>
internal sealed record TagList(bool Any, IReadOnlyList<string> Tags)
{
    public static TagList Empty { get; } = new(false, []);
}
