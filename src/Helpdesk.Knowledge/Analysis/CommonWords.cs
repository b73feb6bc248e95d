using System.Collections.Frozen;
using Helpdesk.Knowledge.Analysis.Stemming;

namespace Helpdesk.Knowledge.Analysis;

/// <summary>
/// Everyday words that are right as they are written. A small base does not have them all, and would take "dear" for its "near" and
/// "install" for its "instant".
/// </summary>
internal static class CommonWords
{
    private static readonly FrozenSet<string> English = Stems(
        """
        accept access accident account ache across act action activate activity actual add address admin adult advance advice afraid age agent
        agree air airport album alert allergy alone along alphabet amount amuse ancient anger animal annual answer apart apartment appear apple
        apply appoint approve area argue arm army arrange arrest arrive art article assist attach attack attempt attend attention audience audio
        author authorize auto average avoid awake aware away baby back background bag balance ball band bank bar base basic basket bath battery
        battle beach bear beat beauty bed bedroom bee beer beg begin behave believe bell belong bend benefit bet bike bill bird birth bit bite
        black blame blank blind block blog blood blow blue board boat body bone book border bored boss bother bottle bottom box boy brain branch
        brand bread break breakfast breath bridge bright bring broad brother brown browser brush budget bug build bus business busy butter button
        cable cake calculate calendar call calm camera camp cap capital caption car card care careful carry case cash cat catch category cause
        ceiling cell cent center century certain chain chair challenge chance change channel character charge charger chart chat cheap cheat
        check cheese chest chicken chief child chocolate choice church circle city claim class clean clear clever click climb clock cloth cloud
        club coach coast coat code coffee coin cold collect college color column comfort comment common community company compare competition
        complain complete computer concern condition conference confirm confuse congratulate connect consider contact contain content contest
        continue contract control conversation convert cook cool copy corner correct cotton count country couple coupon course court cousin cover
        crash crazy cream credit cricket crime cross crowd crowded cry cup current curve custom customer cut cycle dad damage dance danger dare
        dark data date daughter dead deal dear death debate debit debt deceased decide decrease deep default degree delay deliver demand depend
        deposit describe desert deserve design desk destroy detail detect develop device diary die diet differ difficult digital dinner direct
        direction dirty disappear disappoint discount discover discuss disease dish disk distance divide doctor document dog dollar domain door
        double doubt download draft draw dream dress drink drive drop dry duck due dust duty early earn earth east eat edge editor educate effect
        egg eight elect electric else empty encourage enemy energy engine enjoy enter entry environment equal escape estimate evening event exact
        exam example excellent except exchange excite exercise exist exit expand expect expense expert expire explain explore export express
        extend extra extreme eye face fact fair faith fake fall family famous fan far farm fast fat father favor fear feature feed feel feet
        female fence few field fight figure fill filter final finance finger finish fire firm fish fit five flag flat flight float floor flow
        flower fly focus follow food foot football force foreign forest forever forgive form format former forward four frame free freeze fresh
        friend front fruit fuel full fun funny furniture future gain game garage garden gas gate gather general gentle gift girl glad glass global
        goal god gold golf grade grand grass gray great green ground group grow growth guarantee guard guess guest guide guilty guitar gun guy
        habit hair half hall hand handle hang happy hard hardware harm hat hate head health healthy hear heart heat heavy height helpful hide high
        highlight hill hire history hit hobby hold hole home honest hope horse hospital host hot hotel hour house household huge human hundred
        hungry hunt hurry hurt husband ice icon idea identify ignore ill image imagine immediate import important improve inch include income
        incorrect increase individual industry inform initial injure input insert inside install instant instruct insurance intend interest
        internal internet interrupt interview introduce invest invite iron island item jacket jail join joke journey joy judge juice jump junior
        keen key keyboard kick kill kiss kitchen knee knife knock label lady lake lamp land language lane laptop large late laugh launch law
        lawyer lay layer lazy lead leaf league learn leather leave leg legal length lesson letter level library license lie life lift light
        limit line link lip liquid list listen literature live load loan local lock log logic lose loss loud love low luck lunch mad magazine
        main maintain major male manage manner manual map march mark market marry mask mass master match material math maximum meal meaning
        measure meat media medical medicine medium meet melt member memory mental mention menu merge message metal meter method middle mile milk
        million mind mine minimum minor minute mirror miss mistake mix mobile mode model modern mood moon morning mother motor mountain mouse
        mouth move movie multiply muscle museum music narrow nation nature near neat neck neighbor nervous network news newspaper nice night nine
        noise normal north nose note notice notify novel nurse object observe obtain occasion occur ocean odd offer office officer official oil
        online open operate opinion oppose orange order ordinary organize origin original outside oven owe owner pack package page pain paint pair
        pan panel paper paragraph parent park part partner party pass passenger passport past path patient pattern pause payment peace pen pencil
        percent perfect perform period permanent permit persist pet photo phrase physical piano pick piece pillow pin pink pipe pity place plain
        plan plane plant plastic plate play player playlist pleasant pleased pocket poem point police policy polite pool poor popular population
        port position positive post pot pound pour power practice pray prefer prepare present president press pressure pretend pretty prevent
        previous price pride print printer private prize process produce product profession profile profit program progress project promise
        promote pronounce proof protect proud prove provide public publish pull purple purpose push quality quarter queen queue quiet quit quote
        race radio rain raise random range rapid rare rate raw reach react read ready real reason recall recent recipe recognize recommend record
        recover red redirect reduce refer reflect refresh refuse regard region register regret regular reject relate relation release relevant
        religion rely remain remember remind remote rent replace reply report represent request require rescue research reserve reset resident
        resize resist resolve resource respect respond rest restaurant restore restrict result retire return reveal reverse review reward rice
        rich ride ring rise risk river road roll roof room root rope rough round route row rule run rush sad safe salary sale salt sample sand
        satisfy scale scare schedule school science score scratch screen script scroll sea search season seat second secret section secure seed
        select sell sentence separate series serious serve server service session settle seven several sex shade shadow shake shape share sharp
        sheet shelf shift shine ship shirt shock shoe shoot shop short shot shoulder shout shower shut sick side sight sign signal silence silver
        similar simple sing single sink sir sister sit site situation six size skill skin skip skirt sky sleep slide slip slow small smart smell
        smile smoke smooth snow social soft software soil solid solve song sorry sound soup south space speak speaker special speech speed spell
        spend spirit split sport spot spread spring square stable staff stage stair stamp stand standard star start state station stay steal steel
        step stick stomach stone storage store storm story straight strange stream street strength stress strict string strong student study stupid
        style subject submit success sudden suffer sugar suggest suit summer sun supply support suppose surface surprise surround survive suspect
        sweet swim switch symbol sync system tab table tablet tail talk tall target task taste tax taxi tea teach team tear technical technology
        template temporary ten term terrible test text theater thick thief thin third thirty thousand thread threat three throat throw ticket tie
        tight timer tip tire tired title toe tomorrow ton tongue tone tonight tool tooth top total touch tour tourist towel tower town toy track
        trade traffic train training transfer translate transport travel treat tree trial trick trip trouble truck true trust truth tune turn twelve
        twenty twice twin type ugly uncle understand uniform union unique unit universal university unknown unless unusual update upgrade upload
        upper upset urgent user usual valid valley value variation variety vary vegetable verify version video view village violent virus visible
        visit visitor vocabulary voice volume vote wage wait wake walk wall wallet war warm warn wash waste watch water wave weak wealth wear
        weather web wedding week weekend weigh weight welcome west wet wheel white wide wife wild win wind window wine wing winner winter wire wise
        wish witness woman wonderful wood word world worry worse worst worth wound wrap write wrist wrong yard yellow yesterday young zero zone
        """
    );

    /// <summary>Whether a folded word is a form of an everyday word of this language.</summary>
    public static bool Contains(Language language, ReadOnlySpan<char> folded)
    {
        if (language is not Language.English || folded.Length > Tokenizer.MaxWordLength)
            return false;
        Span<char> stem = stackalloc char[Tokenizer.MaxWordLength];
        folded.CopyTo(stem);
        var length = Stemmer.Stem(language, stem[..folded.Length]);
        return English.GetAlternateLookup<ReadOnlySpan<char>>().Contains(stem[..length]);
    }

    private static FrozenSet<string> Stems(string words)
    {
        var stems = new HashSet<string>(StringComparer.Ordinal);
        Span<char> letters = stackalloc char[Tokenizer.MaxWordLength];
        foreach (var word in words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            word.CopyTo(letters);
            stems.Add(letters[..Stemmer.Stem(Language.English, letters[..word.Length])].ToString());
        }
        return stems.ToFrozenSet(StringComparer.Ordinal);
    }
}
