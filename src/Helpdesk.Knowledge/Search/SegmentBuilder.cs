using System.Text;
using Helpdesk.Knowledge.Analysis;
using Helpdesk.Knowledge.Analysis.Stemming;

namespace Helpdesk.Knowledge.Search;

/// <summary>Collects documents, new ones by their text and known ones from another segment, and makes a segment of them.</summary>
/// <param name="ranking">The constants that go into the impacts.</param>
/// <param name="defaultLanguage">The language of texts that do not show theirs.</param>
/// <param name="guessLanguage">False to take every text as words of <paramref name="defaultLanguage"/>.</param>
internal sealed class SegmentBuilder(Ranking ranking, Language defaultLanguage, bool guessLanguage)
{
    private const int MaxQuestionsKept = 2_000;
    private const int MaxQuestionWords = 64;

    private readonly TextTable _words = new();
    private readonly TextTable _stems = new();
    private readonly List<int> _wordStems = [];
    private readonly List<bool> _wordIsStop = [];
    private readonly List<bool> _wordIsPlain = [];
    private readonly List<long> _ids = [];
    private readonly AudienceBuilder _audiences = new();
    private readonly List<int> _starts = [0];
    private readonly TokenBuffer _title = new();
    private readonly TokenBuffer _body = new();
    private readonly TokenBuffer _question = new();
    private readonly WordCounts _counts = new();
    private readonly List<int> _fieldWords = [];
    private readonly List<int[]> _questions = [];
    private byte[] _forward = new byte[1 << 16];
    private int _length;
    private long _titleWords;
    private long _bodyWords;
    private long _questionCount;
    private int _languages;

    public int Count => _ids.Count;

    public FieldTotals Totals => new(_ids.Count, _titleWords, _bodyWords, _questionCount);

    /// <summary>Adds a document by its text.</summary>
    public void Add(IndexedDocument document)
    {
        Tokenizer.Split(document.Title, _title);
        Tokenizer.Split(document.Body, _body);
        var language = LanguageOf(document);
        _languages |= 1 << (int)language;
        _counts.Start(_words.Count);
        Collect(_title, language, keepStopWords: false);
        _titleWords += _fieldWords.Count;
        foreach (var word in _fieldWords)
            _counts.AddTitle(word);
        Collect(_body, language, keepStopWords: false);
        _bodyWords += _fieldWords.Count;
        foreach (var word in _fieldWords)
            _counts.AddBody(word);
        _questions.Clear();
        foreach (var question in document.Questions.Take(MaxQuestionsKept))
        {
            Tokenizer.Split(question, _question);
            Collect(_question, language, keepStopWords: true);
            if (_fieldWords.Count > 0)
                _questions.Add([.. _fieldWords.Take(MaxQuestionWords)]);
        }
        Write(document.Id, document.Audience);
    }

    /// <summary>Adds a document as another segment knows it.</summary>
    public void Copy(Segment from, int document, int[] wordMap)
    {
        var reader = from.Read(document);
        _languages |= from.Languages;
        _counts.Start(_words.Count + from.Words.Count);
        for (var left = reader.Next(); left > 0; left--)
        {
            var (word, inTitle, inBody) = reader.NextWord();
            _counts.Add(Map(from, word, wordMap), inTitle, inBody);
            _titleWords += inTitle;
            _bodyWords += inBody;
        }
        _questions.Clear();
        for (var left = reader.Next(); left > 0; left--)
        {
            var question = new int[reader.Next()];
            for (var i = 0; i < question.Length; i++)
                question[i] = Map(from, reader.Next(), wordMap);
            _questions.Add(question);
        }
        Write(from.Ids[document], from.Audiences.Kinds[(int)from.Audiences.Of[document]]);
    }

    /// <summary>Makes the segment. The builder is of no more use.</summary>
    /// <param name="like">The large segment that this is a small addition to: its averages and its words' telling hold here too.</param>
    public Segment Build(Segment? like = null)
    {
        var used = like?.Averages ?? Totals.Averages;
        _words.Trim();
        _stems.Trim();
        Array.Resize(ref _forward, _length);
        int[] wordStems = [.. _wordStems];
        var starts = _starts.ToArray();
        var postings = new PostingsBuilder(ranking, used, wordStems, _stems.Count, _words.Count);
        var blocks = new PostingBlock[(Count + PostingBlock.Size - 1) / PostingBlock.Size];
        for (var i = 0; i < blocks.Length; i++)
            blocks[i] = postings.Block(
                _forward,
                starts,
                i * PostingBlock.Size,
                Math.Min(Count, (i + 1) * PostingBlock.Size)
            );
        var (inOrder, backward) = WordOrder.Of(_words, _wordIsPlain);
        long[] ids = [.. _ids];
        return new Segment
        {
            Words = _words,
            WordStems = wordStems,
            WordUses = postings.WordUses,
            Stems = _stems,
            StemDocuments = postings.StemDocuments,
            Telling = TellingWords.Of(postings, _stems, like),
            Ids = PackedNumbers.Of(ids),
            Audiences = _audiences.Build(),
            Forward = _forward,
            ForwardStarts = starts,
            Blocks = blocks,
            Totals = Totals,
            Averages = used,
            Languages = _languages,
            WordsInOrder = inOrder,
            WordsInBackwardOrder = backward,
            DocumentsById = OrderById(ids),
        };
    }

    private static int[]? OrderById(long[] ids)
    {
        var rising = true;
        for (var i = 1; i < ids.Length && rising; i++)
            rising = ids[i] > ids[i - 1];
        if (rising)
            return null;
        var order = Enumerable.Range(0, ids.Length).ToArray();
        Array.Sort([.. ids], order);
        return order;
    }

    private Language LanguageOf(IndexedDocument document)
    {
        if (!guessLanguage)
            return defaultLanguage;
        if (document.Language is not Language.Unknown)
            return document.Language;
        var guess = LanguageGuess.Of(document.Body, _body, Language.Unknown);
        if (guess is Language.Unknown)
            guess = LanguageGuess.Of(document.Title, _title, Language.Unknown);
        for (var i = 0; guess is Language.Unknown && i < Math.Min(5, document.Questions.Count); i++)
        {
            Tokenizer.Split(document.Questions[i], _question);
            guess = LanguageGuess.Of(document.Questions[i], _question, Language.Unknown);
        }
        return guess is Language.Unknown ? defaultLanguage : guess;
    }

    // the words of a field without stop words, unless it has nothing else
    private void Collect(TokenBuffer buffer, Language language, bool keepStopWords)
    {
        _fieldWords.Clear();
        foreach (ref readonly var token in buffer.Tokens)
        {
            var word = WordOf(buffer.Folded(token), token.Kind, language);
            if (keepStopWords || !_wordIsStop[word])
                _fieldWords.Add(word);
        }
        if (_fieldWords.Count > 0 || buffer.Count == 0)
            return;
        foreach (ref readonly var token in buffer.Tokens)
            _fieldWords.Add(WordOf(buffer.Folded(token), token.Kind, language));
    }

    private int WordOf(ReadOnlySpan<char> folded, TokenKind kind, Language language)
    {
        Span<byte> key = stackalloc byte[WordKey.MaxBytes];
        var known = _words.Count;
        var word = _words.GetOrAdd(key[..WordKey.Write(language, folded, key)]);
        if (word == known)
        {
            _wordStems.Add(StemOf(folded, kind, language));
            _wordIsStop.Add(StopWords.Contains(language, folded));
            _wordIsPlain.Add(kind is TokenKind.Word && folded.Length >= Spelling.MinWordLength);
        }
        return word;
    }

    private int StemOf(ReadOnlySpan<char> folded, TokenKind kind, Language language)
    {
        Span<char> stem = stackalloc char[Tokenizer.MaxWordLength];
        folded.CopyTo(stem);
        var length = kind is TokenKind.Word ? Stemmer.Stem(language, stem[..folded.Length]) : folded.Length;
        Span<byte> bytes = stackalloc byte[WordKey.MaxBytes];
        return _stems.GetOrAdd(bytes[..Encoding.UTF8.GetBytes(stem[..length], bytes)]);
    }

    private int Map(Segment from, int word, int[] wordMap)
    {
        if (wordMap[word] > 0)
            return wordMap[word] - 1;
        var known = _words.Count;
        var mapped = _words.GetOrAdd(from.Words[word]);
        if (mapped == known)
        {
            _wordStems.Add(_stems.GetOrAdd(from.Stems[from.WordStems[word]]));
            _wordIsStop.Add(WordKey.IsStop(from.Words[word]));
            _wordIsPlain.Add(WordKey.IsPlain(from.Words[word]));
        }
        wordMap[word] = mapped + 1;
        return mapped;
    }

    private void Write(long id, ReaderKinds? audience)
    {
        _counts.Sort();
        Put(_counts.Words.Length);
        var last = -1;
        foreach (var word in _counts.Words)
        {
            var (inTitle, inBody) = _counts[word];
            var onceInBody = inTitle == 0 && inBody == 1;
            Put(((word - last - 1) << 1) | (onceInBody ? 1 : 0));
            if (!onceInBody)
            {
                Put((inBody << 2) | Math.Min(inTitle, ForwardReader.MostInTitle));
                if (inTitle >= ForwardReader.MostInTitle)
                    Put(inTitle - ForwardReader.MostInTitle);
            }
            last = word;
        }
        Put(_questions.Count);
        foreach (var question in _questions)
        {
            Put(question.Length);
            foreach (var word in question)
                Put(word);
        }
        _questionCount += _questions.Count;
        _ids.Add(id);
        _audiences.Add(audience);
        _starts.Add(_length);
    }

    private void Put(int value)
    {
        if (_length + 5 > _forward.Length)
            Array.Resize(ref _forward, _forward.Length * 2);
        for (; value >= 0x80; value >>= 7)
            _forward[_length++] = (byte)(value | 0x80);
        _forward[_length++] = (byte)value;
    }

    /// <summary>How often each word stands in title and body of the document at hand; reused from document to document.</summary>
    private sealed class WordCounts
    {
        private readonly List<int> _touched = [];
        private (int InTitle, int InBody)[] _counts = new (int, int)[1024];

        public ReadOnlySpan<int> Words => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_touched);

        public (int InTitle, int InBody) this[int word] => _counts[word];

        public void Start(int words)
        {
            foreach (var word in _touched)
                _counts[word] = default;
            _touched.Clear();
            Reserve(words);
        }

        public void AddTitle(int word) => Add(word, 1, 0);

        public void AddBody(int word) => Add(word, 0, 1);

        public void Add(int word, int inTitle, int inBody)
        {
            Reserve(word + 1);
            ref var count = ref _counts[word];
            if (count == default)
                _touched.Add(word);
            count.InTitle += inTitle;
            count.InBody += inBody;
        }

        public void Sort() => _touched.Sort();

        private void Reserve(int words)
        {
            if (words > _counts.Length)
                Array.Resize(ref _counts, Math.Max(_counts.Length * 2, words));
        }
    }
}
